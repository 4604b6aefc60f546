// What Stripe tells of one payment's money comes in any order, and some of it twice: the end must be the same each time.
// What is no longer true (money that had gone and came back) is left out: a ticket that it made void stays so.
// Sets of facts that can be true together; `state` is where our side is when they begin to come.
export const FACTS = [
  ['pending', 'success', 'all went back outside', 'charge told of all'],
  ['pending', 'success', 'dispute opened', 'dispute lost'],
  ['pending', 'success', 'one went back outside', 'other went back outside', 'charge told of all'],
  ['paid', 'all on its way', 'all went back outside', 'all told again', 'charge told of all'],
  ['paid', 'one went back outside', 'charge told of one', 'half in dispute', 'half lost'],
  ['paid', 'one went back outside', 'charge told of one', 'half in dispute', 'half won'],
  ['paid', 'one went back outside', 'other went back outside', 'charge told of one', 'charge told of all'],
  ['paid', 'one went back outside', 'charge told of one', 'other on its way', 'other failed'],
  ['paid', 'charge told of one', 'half lost'],
  ['paid', 'quarter went back outside', 'charge told of a quarter', 'half lost'],
  ['paid', 'charge told of a quarter', 'charge told of one', 'charge told of all'],
  ['partially refunded', 'refund refused', 'one went back outside', 'charge told of one'],
  ['partially refunded', 'refund refused', 'all went back outside', 'charge told of all'],
  ['partially refunded', 'refund refused', 'charge told of one'],
  ['partially refunded', 'refund refused', 'charge told of all'],
  ['partially refunded', 'refund refused', 'dispute opened', 'dispute lost'],
  ['partially refunded', 'refund refused', 'half in dispute', 'half lost', 'one went back outside'],
  ['partially refunded', 'refund refused', 'quarter went back outside', 'charge told of a quarter'],
  ['partially refunded', 'refund refused', 'one went back outside', 'other went back outside', 'charge told of all'],
  ['partially refunded', 'refund failed', 'half lost'],
  ['partially refunded', 'refund succeeded', 'one went back outside', 'charge told of all'],
  ['partially refunded', 'refund succeeded', 'charge told of one', 'charge told of all'],
  ['partially refunded', 'refund succeeded', 'charge told of one', 'half in dispute', 'half lost'],
  ['refund under way', 'refund refused', 'all went back outside', 'charge told of all'],
  ['refund under way', 'refund refused', 'charge told of all'],
  ['refund under way', 'refund refused', 'dispute opened', 'dispute lost'],
  ['refund under way', 'refund refused', 'one went back outside', 'other went back outside', 'charge told of all'],
  ['refund under way', 'refund refused', 'one went back outside', 'charge told of one', 'half lost'],
  ['refund under way', 'refund refused', 'quarter went back outside', 'charge told of a quarter'],
  ['refund under way', 'refund failed', 'charge told of all'],
  ['refund under way', 'refund succeeded', 'charge told of all'],
  ['refund failed', 'all went back outside', 'charge told of all'],
  ['refund failed', 'one went back outside', 'other went back outside', 'half in dispute'],
];

function permutations(list) {
  if (list.length < 2) return [list];
  return list.flatMap((first, i) => permutations(list.filter((_, k) => k !== i)).map((rest) => [first, ...rest]));
}

// Each order of each set, once as it is and once with two facts told again at some later place; `random(n)` is below n.
export function arrivals(random) {
  const again = (order) => {
    const list = [...order];
    for (let times = 0; times < 2; times++) {
      const from = random(list.length);
      list.splice(from + 1 + random(list.length - from), 0, list[from]);
    }
    return list;
  };
  return FACTS.flatMap(([state, ...facts], set) =>
    permutations(facts).flatMap((order) => [order, again(order)].map((told) => ({ set, state, told }))),
  );
}
