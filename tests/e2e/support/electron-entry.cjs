/**
 * What Electron starts in journeys: the program named last on the command line, whose "ready" waits until Playwright is attached. Without it Playwright waits
 * forever now and then: a window that navigates while Playwright attaches to it never counts as open. Playwright calls `__playwright_run` when it is attached.
 */
const { app } = require('electron')

const isReady = app.whenReady()
const isAttached = new Promise((resolve) => {
  globalThis.__playwright_run = resolve
})
app.whenReady = () => Promise.all([isReady, isAttached]).then(() => undefined)

require(process.argv.at(-1))
