// The organizer's desk: which screen an address shows, and what the menu leads to. All of it is for admins.
import { menuLink, start } from '/shared/app.js';
import { t } from '/shared/texts.js';

start({
  name: t('desk.name'),
  home: '/desk',
  homeText: t('desk.overview'),
  menu: () => [
    menuLink('/desk', t('desk.overview')),
    menuLink('/', t('desk.shop')),
  ],
  screens: [
    [/^\/desk\/?$/, () => import('./screens/overview.js'), 'admin'],
  ],
});
