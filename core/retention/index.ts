export { retain } from './retain.ts';
