/** Header of calls that fetch ahead of the person, so that the audit does not take them for a look. */
export const aheadOfPerson = { purpose: 'prefetch' };

/** Address of an order that is fetched ahead: the page of its case names it in its head (`server/browserApplication.ts`). */
export const orderAhead = (orderId: string) => `/api/orders/${orderId}?purpose=prefetch`;
