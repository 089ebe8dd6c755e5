export { stopSharedStack as default } from './stack-setup.ts';
