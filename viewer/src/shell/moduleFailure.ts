/** Words of Chromium, Firefox and Safari for a part of the application that could not be loaded. */
const SAID = /dynamically imported module|importing a module script failed|unable to preload css/i;

/** Whether a part of the application was not to be had: the line is lost, or the hub has been upgraded since. */
export const isModuleFailure = (error: unknown): boolean =>
  error instanceof Error && SAID.test(error.message);
