export const hubFlags: string[];
