const ARROWS: Record<string, string> = { H: '↑', L: '↓', HH: '↑↑', LL: '↓↓', A: '*' };
/** The sign beside a value: never colour alone. */
export const arrow = (flag: string | null | undefined): string => ARROWS[flag ?? ''] ?? '';
