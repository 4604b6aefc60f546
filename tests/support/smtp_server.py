"""A mail server for tests: aiosmtpd, which keeps what it takes in a Maildir. It knows no user whose name begins with
`unknown`, answers RCPT for `reply-CODE-…` with that code, and the message to `content-CODE-…` with that one."""
import re
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


class Handler(Mailbox):
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith('unknown'):
            return '550 No such mailbox here'
        told = re.match(r'reply-(\d{3})-', address)
        if told:
            return told[1] + ' As the test wants it'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        told = re.match(r'content-(\d{3})-', envelope.rcpt_tos[0])
        if told:
            return told[1] + ' As the test wants it'
        return await super().handle_DATA(server, session, envelope)


if __name__ == '__main__':
    controller = Controller(Handler(sys.argv[2]), hostname='127.0.0.1', port=int(sys.argv[1]), enable_SMTPUTF8=True)
    controller.start()
    print('ready', flush=True)
    while True:
        time.sleep(60)
