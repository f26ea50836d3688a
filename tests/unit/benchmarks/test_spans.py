from benchmarks.answers import Answer, EntityEntry
from benchmarks.counts import Counts, evaluate
from benchmarks.spans import ENTITIES, count_entities, count_entities_with_keys


def answer(*entities: tuple[str, list[int]]) -> Answer:
    listed = [EntityEntry(label=label, word_ids=ids) for label, ids in entities]
    return Answer(id="x", entities=listed)


def test_label_words_and_their_order_must_be_right() -> None:
    true = answer(("nm", [0, 1]), ("nm", [4, 5]), ("price", [2]), ("price", [3]), ("cnt", [6]))
    predicted = answer(
        ("nm", [0, 1]),  # right
        ("nm", [5, 4]),  # the order is wrong
        ("cnt", [2]),  # the label is wrong
        ("price", [3, 7]),  # a word too many
    )
    assert count_entities(predicted, true) == {
        "nm": Counts(n_correct=1, n_predicted=2, n_true=2),
        "price": Counts(n_correct=0, n_predicted=1, n_true=2),
        "cnt": Counts(n_correct=0, n_predicted=1, n_true=1),
    }


def test_a_repeated_prediction_is_right_once() -> None:
    counts = count_entities(answer(("nm", [0]), ("nm", [0])), answer(("nm", [0])))
    assert counts == {"nm": Counts(n_correct=1, n_predicted=2, n_true=1)}


def test_entities_over_words_that_do_not_follow_one_another() -> None:
    counts = count_entities(answer(("nm", [7, 2, 9])), answer(("nm", [7, 2, 9]), ("nm", [7, 2])))
    assert counts == {"nm": Counts(n_correct=1, n_predicted=1, n_true=2)}


def test_either_way_of_listing_white_space_compares_equal() -> None:
    # "1 EGG TART" as characters: 1 and 5 are the blanks.
    with_blanks = answer(("cnt", [0]), ("nm", [1, 2, 3, 4, 5, 6, 7, 8, 9]))
    without = answer(("cnt", [0]), ("nm", [2, 3, 4, 6, 7, 8, 9]))
    blank = {1, 5}
    for predicted, true in ((with_blanks, without), (without, with_blanks)):
        pairs = [(predicted.without_ids(blank), true.without_ids(blank))]
        assert evaluate(ENTITIES, pairs).total == Counts(2, 2, 2)


def test_with_key_words_the_whole_entity_counts_and_not_its_parts() -> None:
    def total(word_ids: list[int], key_word_ids: list[int]) -> Answer:
        entity = EntityEntry(label="total", word_ids=word_ids, key_word_ids=key_word_ids)
        return Answer(id="x", entities=[entity])

    true = total([2, 3], [0, 1])
    for predicted, is_whole, is_value in (
        (total([2, 3], [0, 1]), True, True),
        (total([1, 2, 3], [0]), True, False),  # parted elsewhere
        (total([0, 1, 2, 3], []), True, False),  # not parted, as files without key words are
        (total([2, 3], []), False, True),
        (total([2, 3], [0, 1, 4]), False, True),
    ):
        assert count_entities_with_keys(predicted, true) == {"total": Counts(int(is_whole), 1, 1)}
        assert count_entities(predicted, true) == {"total": Counts(int(is_value), 1, 1)}
