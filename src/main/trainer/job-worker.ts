/** The entry of a process for jobs. Source maps apply only to code that is loaded after this, in Node and in Electron. */
import { dieWithParent } from '../workers/watchdog'

process.setSourceMapsEnabled(true)
dieWithParent()
void import('./job-server')
