import { createHash, randomBytes } from 'node:crypto';

/** A secret of 256 bits for a cookie or a machine; the hub keeps its hash only. */
export const newToken = (): string => randomBytes(32).toString('base64url');
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** How long a machine's token may last. */
export const LONGEST_TOKEN_DAYS = 730;
