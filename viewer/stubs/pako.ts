// Stands in for `pako` where Cornerstone would inflate a whole file in the page.
import { notHere } from './notHere.ts';

export default { inflateRaw: notHere('inflateRaw') };
