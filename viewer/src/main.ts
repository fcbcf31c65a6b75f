import { queries } from './queries.ts';
import { firstLanguage } from './shell/language.ts';
import { prepareAddress } from './shell/prepareCase.ts';

document.documentElement.lang = firstLanguage;
// A case that is opened by its address: its data and code come beside the application and not behind it.
await prepareAddress(queries, location.pathname);

const { startApplication } = await import('./application.tsx');
await startApplication();
