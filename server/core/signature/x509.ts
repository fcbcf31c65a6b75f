// @peculiar/x509 needs the reflect polyfill before its first line runs: import it only through this file.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { cryptoProvider } from '@peculiar/x509';

cryptoProvider.set(webcrypto as never); // its types want the browser's Crypto

export * from '@peculiar/x509';
