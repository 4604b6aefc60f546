// The organizer's desk: which screen an address shows, and what the menu leads to. All of it is for admins.
import { menuLink, start } from '/shared/app.js';
import { t } from '/shared/texts.js';

start({
  name: t('desk.name'),
  home: '/desk',
  homeText: t('desk.overview'),
  menu: () => [
    menuLink('/desk', t('desk.overview')),
    menuLink('/desk/events', t('programme.events')),
    menuLink('/desk/seatmaps', t('plan.title')),
    menuLink('/desk/orders', t('sales.title')),
    menuLink('/desk/refunds', t('paybacks.title')),
    menuLink('/desk/people', t('people.title')),
    menuLink('/desk/webhooks', t('hook.title')),
    menuLink('/desk/audit', t('audit.title')),
    menuLink('/', t('desk.shop')),
  ],
  screens: [
    [/^\/desk\/?$/, () => import('./screens/overview.js'), 'admin'],
    [/^\/desk\/events\/?$/, () => import('./screens/events.js'), 'admin'],
    [/^\/desk\/events\/new$/, () => import('./screens/event-edit.js'), 'admin'],
    [/^\/desk\/events\/(?<id>[0-9a-f-]{36})\/?$/, () => import('./screens/event.js'), 'admin'],
    [/^\/desk\/events\/(?<id>[0-9a-f-]{36})\/edit$/, () => import('./screens/event-edit.js'), 'admin'],
    [/^\/desk\/events\/(?<id>[0-9a-f-]{36})\/shows\/new$/, () => import('./screens/show-edit.js'), 'admin'],
    [/^\/desk\/shows\/(?<id>[0-9a-f-]{36})\/?$/, () => import('./screens/show.js'), 'admin'],
    [/^\/desk\/shows\/(?<show>[0-9a-f-]{36})\/edit$/, () => import('./screens/show-edit.js'), 'admin'],
    [/^\/desk\/seatmaps\/?$/, () => import('./screens/seatmaps.js'), 'admin'],
    [/^\/desk\/seatmaps\/new$/, () => import('./screens/seatmap-edit.js'), 'admin'],
    [/^\/desk\/seatmaps\/(?<id>[A-Za-z0-9_.-]+)\/?$/, () => import('./screens/seatmap.js'), 'admin'],
    [/^\/desk\/seatmaps\/(?<id>[A-Za-z0-9_.-]+)\/edit$/, () => import('./screens/seatmap-edit.js'), 'admin'],
    [/^\/desk\/orders\/?$/, () => import('./screens/orders.js'), 'admin'],
    [/^\/desk\/orders\/(?<id>[0-9a-f-]{36})\/?$/, () => import('./screens/order.js'), 'admin'],
    [/^\/desk\/refunds\/?$/, () => import('./screens/refunds.js'), 'admin'],
    [/^\/desk\/people\/?$/, () => import('./screens/people.js'), 'admin'],
    [/^\/desk\/audit\/?$/, () => import('./screens/audit.js'), 'admin'],
    [/^\/desk\/webhooks\/?$/, () => import('./screens/webhooks.js'), 'admin'],
  ],
});
