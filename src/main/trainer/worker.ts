/** The trainer's entry. Source maps apply only to code that is loaded after this, in Node and in Electron. */
process.setSourceMapsEnabled(true)
void import('./training-server')
