"""What Azure Document Intelligence calls docspade's fields, and of which types it gives them.

The names are those that Azure documents: for receipts and invoices of 2024-11-30, for business
cards of 2023-07-31. Each field of the three schemas stands here; None says that Azure has no such
field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

LeafType = Literal["string", "date", "time", "phoneNumber", "number", "currency", "address"]


@dataclass(frozen=True, slots=True)
class AzureLeaf:
    """A field with a value: its name, and its type (of each element where it is repeated)."""

    name: str
    value_type: LeafType


@dataclass(frozen=True, slots=True)
class AzureGroup:
    """A field that holds others, repeated in every case: Azure gives an array of objects."""

    name: str
    fields: Mapping[str, AzureLeaf | None]


AzureField = AzureLeaf | AzureGroup | None


def _text(name: str) -> AzureLeaf:
    return AzureLeaf(name, "string")


def _money(name: str) -> AzureLeaf:
    return AzureLeaf(name, "currency")


def _date(name: str) -> AzureLeaf:
    return AzureLeaf(name, "date")


def _phone(name: str) -> AzureLeaf:
    return AzureLeaf(name, "phoneNumber")


def _address(name: str) -> AzureLeaf:
    return AzureLeaf(name, "address")


def _number(name: str) -> AzureLeaf:
    return AzureLeaf(name, "number")


RECEIPT: Final[Mapping[str, AzureField]] = {
    "merchant_name": _text("MerchantName"),
    "merchant_phone": _phone("MerchantPhoneNumber"),
    "merchant_address": _address("MerchantAddress"),
    "merchant_registration_number": None,
    "transaction_date": _date("TransactionDate"),
    "transaction_time": AzureLeaf("TransactionTime", "time"),
    "items": AzureGroup(
        "Items",
        {
            "description": _text("Description"),
            "product_code": _text("ProductCode"),
            "quantity": _number("Quantity"),
            "unit": _text("QuantityUnit"),
            "unit_price": _money("Price"),
            "total_price": _money("TotalPrice"),
            "sub_items": None,
        },
    ),
    "subtotal": _money("Subtotal"),
    "discount": None,
    "service_charge": None,
    "total_tax": _money("TotalTax"),
    "tip": _money("Tip"),
    "total": _money("Total"),
    "tax_details": AzureGroup(
        "TaxDetails",
        {
            "rate": _number("Rate"),
            "amount": _money("Amount"),
            "net_amount": _money("NetAmount"),
        },
    ),
    "payments": AzureGroup("Payments", {"method": _text("Method"), "amount": _money("Amount")}),
    "change": None,
}

INVOICE: Final[Mapping[str, AzureField]] = {
    "invoice_id": _text("InvoiceId"),
    "invoice_date": _date("InvoiceDate"),
    "due_date": _date("DueDate"),
    "purchase_order": _text("PurchaseOrder"),
    "vendor_name": _text("VendorName"),
    "vendor_address": _address("VendorAddress"),
    "vendor_tax_id": _text("VendorTaxId"),
    "customer_name": _text("CustomerName"),
    "customer_id": _text("CustomerId"),
    "customer_address": _address("CustomerAddress"),
    "customer_tax_id": _text("CustomerTaxId"),
    "billing_address": _address("BillingAddress"),
    "shipping_address": _address("ShippingAddress"),
    "remittance_address": _address("RemittanceAddress"),
    "subtotal": _money("SubTotal"),
    "total_discount": _money("TotalDiscount"),
    "total_tax": _money("TotalTax"),
    "invoice_total": _money("InvoiceTotal"),
    "amount_due": _money("AmountDue"),
    "previous_unpaid_balance": _money("PreviousUnpaidBalance"),
    "payment_term": _text("PaymentTerm"),
    "service_start_date": _date("ServiceStartDate"),
    "service_end_date": _date("ServiceEndDate"),
    "payment_details": AzureGroup(
        "PaymentDetails",
        {
            "iban": _text("IBAN"),
            "swift": _text("SWIFT"),
            "bank_account_number": _text("BankAccountNumber"),
        },
    ),
    "tax_details": AzureGroup("TaxDetails", {"amount": _money("Amount"), "rate": _text("Rate")}),
    "items": AzureGroup(
        "Items",
        {
            "description": _text("Description"),
            "product_code": _text("ProductCode"),
            "date": _date("Date"),
            "quantity": _number("Quantity"),
            "unit": _text("Unit"),
            "unit_price": _money("UnitPrice"),
            "tax": _money("Tax"),
            "tax_rate": _text("TaxRate"),
            "amount": _money("Amount"),
        },
    ),
}

# A person's name is a leaf in the schema; the result has its parts where they can be told apart.
BUSINESS_CARD: Final[Mapping[str, AzureField]] = {
    "contact_names": AzureGroup(
        "ContactNames", {"first_name": _text("FirstName"), "last_name": _text("LastName")}
    ),
    "company_names": _text("CompanyNames"),
    "job_titles": _text("JobTitles"),
    "departments": _text("Departments"),
    "addresses": _address("Addresses"),
    "work_phones": _phone("WorkPhones"),
    "mobile_phones": _phone("MobilePhones"),
    "other_phones": _phone("OtherPhones"),
    "faxes": _phone("Faxes"),
    "emails": _text("Emails"),
    "websites": _text("Websites"),
}

FIELDS: Final[Mapping[str, Mapping[str, AzureField]]] = {
    "receipt": RECEIPT,
    "invoice": INVOICE,
    "business_card": BUSINESS_CARD,
}
"""By the name of the schema."""
