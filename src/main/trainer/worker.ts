/** The trainer's entry. Stacks name TypeScript files only in code that is loaded after this, in Node and in Electron. */
process.setSourceMapsEnabled(true)
void import('./training-server')
