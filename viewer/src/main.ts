import { lastCenter } from './lastCenter.ts';

// A case that is opened by its address: the code that shows images, twice as large as all the rest, is asked for beside
// the application and not behind it, where this workstation reads images.
if (location.pathname.startsWith('/orders/') && lastCenter.get() === 'imaging')
  import('./centers/imaging/prefetch.ts').catch(() => undefined);

const { startApplication } = await import('./application.tsx');
await startApplication();
