/**
 * Text for the inside of an XML 1.0 element or of an attribute in double quotes; what XML cannot hold is left out, and a carriage
 * return is written by its number because readers make a line feed of it.
 */
export const xmlText = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex -- what XML 1.0 cannot hold
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
