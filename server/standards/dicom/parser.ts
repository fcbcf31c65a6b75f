/**
 * The part of dicom-parser that is used, with its real shapes (its declarations leave them out). It is driven one element at a time,
 * so that a header can be read from the first part of an object, and so that what it cannot read is read here: 64-bit representations
 * (OV, SV, UV) at top level, and everything that it throws as a string.
 */
import dicomParser from 'dicom-parser';
import { vrOf } from './dictionary.ts';

export interface ParsedElement {
  tag: string;
  vr?: string;
  length: number;
  dataOffset: number;
  hadUndefinedLength?: boolean;
  items?: { dataSet?: ParsedDataSet; length: number; dataOffset: number }[] | undefined;
}

export interface ParsedDataSet {
  elements: Record<string, ParsedElement>;
}

export interface ParserStream {
  byteArray: Buffer;
  position: number;
  warnings: string[];
  seek(offset: number): void;
}

export interface ParserLibrary {
  ByteStream: new (byteArrayParser: unknown, bytes: Buffer, position: number) => ParserStream;
  littleEndianByteArrayParser: unknown;
  bigEndianByteArrayParser: unknown;
  readDicomElementExplicit(stream: ParserStream, warnings: string[], untilTag?: string): ParsedElement;
  readDicomElementImplicit(
    stream: ParserStream,
    untilTag: string | undefined,
    vrCallback: (tag: string) => string | undefined,
  ): ParsedElement;
}

interface SequenceReader {
  readSequenceItemsImplicit(
    stream: ParserStream,
    element: { length: number; dataOffset: number; items?: ParsedElement['items'] },
    vrCallback: (tag: string) => string | undefined,
  ): void;
}

export const parser = dicomParser as unknown as ParserLibrary;

/** Key of dicom-parser's element table for a tag. */
export function parserKey(tag: number): string {
  let key = keys.get(tag);
  if (key === undefined) {
    key = `x${tag.toString(16).padStart(8, '0')}`;
    if (keys.size < 20_000) keys.set(tag, key);
  }
  return key;
}

const keys = new Map<number, string>();

export function tagOfParserKey(key: string): number {
  return Number.parseInt(key.slice(1), 16);
}

/** Representation by dictionary, which tells the parser where sequences are in implicit data sets. */
export function vrOfKey(key: string): string | undefined {
  return vrOf(tagOfParserKey(key));
}

/** Items of a sequence that was written as UN with a length (PS3.5 §6.2.2 note 2); undefined where the bytes are no items. */
export function readUnknownSequence(source: Buffer, offset: number, length: number): ParsedElement['items'] {
  const element: { length: number; dataOffset: number; items?: ParsedElement['items'] } = {
    length,
    dataOffset: offset,
  };
  try {
    const stream = new parser.ByteStream(
      parser.littleEndianByteArrayParser,
      source.subarray(0, offset + length),
      offset,
    );
    (parser as unknown as SequenceReader).readSequenceItemsImplicit(stream, element, vrOfKey);
    return element.items;
  } catch {
    return undefined;
  }
}
