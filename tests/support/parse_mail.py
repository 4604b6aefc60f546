"""Prints a mail as JSON, parsed by Python's email package: headers decoded, text, html, attachments in base64, defects."""
import base64
import email
import email.header
import email.policy
import json
import sys

raw = sys.stdin.buffer.read()
mail = email.message_from_bytes(raw, policy=email.policy.default)
# The policy above keeps the white space between two encoded words of a name (fixed in Python 3.13); this older way does as RFC 2047 says.
recipients = str(email.header.make_header(email.header.decode_header(email.message_from_bytes(raw)['To'])))


def content(kind):
    part = mail.get_body(preferencelist=(kind,))
    return None if part is None else part.get_content()


print(json.dumps({
    'headers': {name.lower(): str(value) for name, value in mail.items()},
    'names': [name.lower() for name, _ in mail.items()],
    'to': [{'name': recipients.rpartition(' <')[0].strip('"'), 'address': one.addr_spec} for one in mail['To'].addresses],
    'text': content('plain'),
    'html': content('html'),
    'attachments': [{'name': part.get_filename(), 'type': part.get_content_type(),
                     'data': base64.b64encode(part.get_payload(decode=True)).decode()} for part in mail.iter_attachments()],
    'defects': [str(defect) for part in mail.walk() for defect in part.defects]
    + [str(defect) for _, value in mail.items() for defect in getattr(value, 'defects', ())],
}))
