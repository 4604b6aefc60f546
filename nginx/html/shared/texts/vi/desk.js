// Bàn quản lý, tiếng Việt. The same keys as ../en/desk.js.
export default {
  'desk.name': 'Bàn quản lý',
  'desk.overview': 'Tổng quan',
  'desk.shop': 'Trang bán vé',
};
