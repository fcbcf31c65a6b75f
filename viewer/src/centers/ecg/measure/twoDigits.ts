/** Two digits behind the point; nothing is never less than nothing. */
export const twoDigits = (value: number): string => value.toFixed(2).replace(/^-(0\.00)$/, '$1');
