import type { OpenedContext } from '../context.ts';

/** A command with the context of a hub; answers the exit code. */
export type Command = (opened: OpenedContext['ctx'], args: string[]) => Promise<number>;
