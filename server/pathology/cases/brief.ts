import type { Order } from '../../core/order/order.ts';

/** What an act on a case answers: where the order stands now. */
export const brief = ({ id, accessionNumber, status, dueAt }: Order) => ({
  id,
  accessionNumber,
  status,
  dueAt,
});
