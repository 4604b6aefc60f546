// schema.org data of an event and its shows, for search engines: it says what the page says.
import { element } from '/shared/element.js';
import { minorToDecimal } from '/shared/format.js';

function offers(show) {
  const prices = Object.values(show.priceTiers);
  if (prices.length === 0) return undefined;
  return {
    '@type': 'AggregateOffer',
    url: `${location.origin}/shows/${show.id}`,
    priceCurrency: show.currency,
    lowPrice: minorToDecimal(Math.min(...prices), show.currency),
    highPrice: minorToDecimal(Math.max(...prices), show.currency),
    validFrom: show.salesStartAt ?? undefined,
  };
}

export function eventData(event, shows) {
  const data = shows.map((show) => ({
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: event.title,
    description: event.description ?? undefined,
    startDate: show.startsAt,
    endDate: show.endsAt ?? undefined,
    doorTime: show.admissionStartAt ?? undefined,
    eventStatus: 'https://schema.org/EventScheduled',
    eventAttendanceMode: 'https://schema.org/OfflineEventAttendanceMode',
    location: event.venue ? { '@type': 'Place', name: event.venue } : undefined,
    image: event.imageUrl ? [event.imageUrl] : undefined,
    offers: offers(show),
  }));
  return element('script', { type: 'application/ld+json' }, JSON.stringify(data));
}
