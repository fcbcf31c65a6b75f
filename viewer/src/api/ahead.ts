/** Header of calls that fetch ahead of the person, so that the audit does not take them for a look. */
export const aheadOfPerson = { purpose: 'prefetch' };
