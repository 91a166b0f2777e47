/** The entry of a process for jobs. Stacks name TypeScript files only in code that is loaded after this, in Node and in Electron. */
process.setSourceMapsEnabled(true)
void import('./job-server')
