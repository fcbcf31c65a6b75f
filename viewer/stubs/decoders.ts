// Stands in for the decoders that Cornerstone's loader exports beside its worker, which has them all.
import { notHere } from './notHere.ts';

export const decodeImageFrame = notHere('decodeImageFrame on the main thread');
export const postProcessDecodedPixels = notHere('postProcessDecodedPixels on the main thread');
export const initializers = {};
export const decoders = {};
