// The buyer's pages: which screen an address shows, and what the menu leads to.
import { menuLink, start } from '/shared/app.js';
import { onSession, user as whoUses } from '/shared/session.js';
import { t } from '/shared/texts.js';
import { showHeld } from './held-bar.js';
import { forgetTickets } from './kept.js';

// Back from the payment's page: ?order= names the order.
function returned() {
  const order = new URLSearchParams(location.search).get('order');
  if (location.pathname === '/' && order) history.replaceState(null, '', `/orders/${encodeURIComponent(order)}`);
}

onSession(() => {
  forgetTickets(whoUses()?.id ?? null);
  showHeld(whoUses());
});

start({
  name: t('app.name'),
  home: '/',
  homeText: t('app.all-events'),
  before: returned,
  worker: '/sw.js',
  session(user) {
    forgetTickets(user?.id ?? null);
    showHeld(user);
  },
  offline: async (page) => (await import('./offline.js')).renderOffline(page),
  menu: (user) => [
    menuLink('/', t('app.events')),
    user ? [menuLink('/orders', t('app.orders')), menuLink('/tickets', t('app.tickets')), menuLink('/account', t('app.account'))] : menuLink('/login', t('app.login')),
    user?.roles.includes('admin') ? menuLink('/desk', t('app.desk')) : null,
  ],
  screens: [
    [/^\/$/, () => import('./screens/events.js')],
    [/^\/events\/(?<id>[^/]+)\/?$/, () => import('./screens/event.js')],
    [/^\/shows\/(?<id>[^/]+)\/?$/, () => import('./screens/show.js')],
    [/^\/orders\/?$/, () => import('./screens/orders.js'), 'private'],
    [/^\/orders\/(?<id>[^/]+)\/?$/, () => import('./screens/order.js'), 'private'],
    [/^\/tickets\/?$/, () => import('./screens/tickets.js'), 'private'],
    [/^\/account\/?$/, () => import('./screens/account.js'), 'private'],
    [/^\/login\/?$/, () => import('./screens/login.js')],
    [/^\/register\/?$/, () => import('./screens/register.js')],
    [/^\/forgot\/?$/, () => import('./screens/forgot.js')],
    [/^\/verify\/?$/, () => import('./screens/verify.js')],
    [/^\/guest\/?$/, () => import('./screens/guest.js')],
    [/^\/reset-password(\.html)?\/?$/, () => import('./screens/reset.js')],
  ],
});
