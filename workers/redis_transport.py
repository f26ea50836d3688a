"""Redis as a broker, without what makes kombu's transport deaf after Redis was away.

A worker takes one bell at a time: it asks Redis for no other before it has acknowledged the one
in hand, and kombu books a message as acknowledged only after Redis was told. If Redis is away just
then, the error is logged and the message stays booked as in hand for ever: the channel asks for
nothing any more, its socket is not even watched, nothing fails, and the consumer never begins anew.

Here a message counts as acknowledged all the same. Redis gives it out once more after the
visibility timeout, which rings a bell in vain; and the next question, on a lost connection, raises
the error that makes Celery connect again.
"""

from __future__ import annotations

from kombu.transport import redis, virtual


class ReleasingQoS(redis.QoS):  # type: ignore[misc]  # kombu carries no annotations
    """Lets go of a message whether or not Redis could be told."""

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message."""
        try:
            super().ack(delivery_tag)
        except self.channel.connection_errors:
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002  # kombu's signature
        """Give a message back, or throw it away."""
        try:
            super().reject(delivery_tag, requeue=requeue)
        except self.channel.connection_errors:
            virtual.QoS.ack(self, delivery_tag)
            raise


class ReleasingChannel(redis.Channel):  # type: ignore[misc]  # as above
    """A channel that counts so."""

    QoS = ReleasingQoS


class ReleasingTransport(redis.Transport):  # type: ignore[misc]  # as above
    """The transport of `redis://` and `rediss://` URLs."""

    Channel = ReleasingChannel
