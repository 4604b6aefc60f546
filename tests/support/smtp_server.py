"""A mail server for tests: aiosmtpd, which keeps what it takes in a Maildir and does not know anybody whose name begins with `unknown`."""
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


class Handler(Mailbox):
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith('unknown'):
            return '550 No such mailbox here'
        envelope.rcpt_tos.append(address)
        return '250 OK'


if __name__ == '__main__':
    controller = Controller(Handler(sys.argv[2]), hostname='127.0.0.1', port=int(sys.argv[1]), enable_SMTPUTF8=True)
    controller.start()
    print('ready', flush=True)
    while True:
        time.sleep(60)
