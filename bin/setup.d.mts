export const hubFlags: string[];
export function holdsAll(wanted: string, held: string): boolean;
