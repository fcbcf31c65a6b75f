import { parentPort } from 'node:worker_threads';
import { demoDay } from './demoDay.ts';

parentPort?.postMessage(demoDay());
