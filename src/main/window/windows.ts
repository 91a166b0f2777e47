/** The only window: its position, its menu, and its notifications about runs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunManager } from '@main/runs/manager'
import type { LiveEvent } from '@shared/contract/runs'
import { guarded } from '@shared/guarded'
import { app, BrowserWindow, dialog, Menu, Notification, screen } from 'electron'
import { menuTemplate } from './menu'
import { isOwnAddress, ORIGIN } from './origin'

export interface Windows {
  /** Shows the window, creating it if there is none. */
  open(): void
  current(): BrowserWindow | null
  /**
   * Task bar progress, notifications, and a question before the window closes during a run.
   * @param isStudying whether a study goes on, which has moments without a run
   * @param wantsNotifications called before each notification
   */
  followRuns(runs: RunManager, isStudying: () => boolean, wantsNotifications: () => boolean): void
  /** Opens a page in the window. */
  go(path: string): void
}

interface Place {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
}

const SMALLEST = { width: 1000, height: 640 }
/** Shorter runs do not cause a notification; milliseconds. */
const LONG_RUN = 60_000
/** Milliseconds between two looks whether a program in the background has anything left to do. */
const IDLE = 2000

const placeFile = () => join(app.getPath('userData'), 'window.json')

/** A full disk costs the position, nothing else. */
function keepPlace(window: BrowserWindow): void {
  try {
    writeFileSync(placeFile(), JSON.stringify(window.getNormalBounds()))
  } catch {}
}

/** The last position, if it is still on a screen. */
function lastPlace(): Place {
  const initial = { width: 1280, height: 800 }
  try {
    const place = JSON.parse(readFileSync(placeFile(), 'utf8'))
    const { x, y, width, height } = place
    if (![x, y, width, height].every(Number.isFinite)) return initial
    const isVisible = screen.getAllDisplays().some(({ workArea: area }) => {
      return (
        x < area.x + area.width - 50 && x + width > area.x + 50 && y >= area.y - 10 && y < area.y + area.height - 50
      )
    })
    return isVisible ? { x, y, width, height } : initial
  } catch {
    return initial
  }
}

export interface WindowsOptions {
  readonly preload: string
  readonly onBug: (error: unknown) => void
}

export function createWindows({ preload, onBug }: WindowsOptions): Windows {
  let window: BrowserWindow | null = null
  let runs: RunManager | null = null
  let isBusy = () => false
  let mayClose = false
  /** The window was closed while a run goes on: it is hidden, and the program ends when there is nothing left to do. */
  let isInBackground = false

  const make = (): BrowserWindow => {
    const made = new BrowserWindow({
      ...lastPlace(),
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      title: 'GPO Studio',
      backgroundColor: '#1b1e23',
      webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
    })
    const home = guarded(onBug, () => made.loadURL(`${ORIGIN}/`))
    made.once('ready-to-show', () => made.show())
    made.on('close', (event) => {
      keepPlace(made)
      if (mayClose || isInBackground || !isBusy()) return // a hidden window is closed by the system, when it shuts down
      event.preventDefault()
      ask(made)
    })
    made.on('closed', () => {
      window = null
    })
    // Electron shows about:blank without asking, so a page that went there is loaded again.
    made.webContents.on('did-navigate', (_event, url) => {
      if (!isOwnAddress(url)) home()
    })
    home()
    return made
  }

  /** A run can resume from its newest checkpoint, so closing loses minutes, not the run. */
  async function askBeforeClosing(open: BrowserWindow): Promise<void> {
    const active = runs?.state().active
    const isPaused = active?.state === 'paused'
    const where = active
      ? `It is at iteration ${active.iteration} of ${active.iterations}.`
      : 'Its next run is about to begin.'
    const { response } = await dialog.showMessageBox(open, {
      type: 'question',
      message: active ? `"${active.name}" is ${isPaused ? 'paused' : 'running'}.` : 'An experiment is running.',
      detail: `${where} In the background it goes on without a window: start GPO Studio again to see it; the program ends by itself after the last run. Stopping saves a checkpoint, from which the run can be resumed.`,
      buttons: isPaused
        ? ['Resume it in the background', 'Stop it and close', 'Cancel']
        : ['Keep training in the background', 'Stop after this iteration and close', 'Cancel'],
      defaultId: 0,
      cancelId: 2,
    })
    if (response === 0) {
      isInBackground = true
      open.hide()
      waitForTheEnd()
      if (isPaused && active) await runs?.resume(active.id)
    } else if (response === 1) {
      mayClose = true
      open.close()
    }
  }

  const ask = guarded(onBug, askBeforeClosing)

  /** Asks again and again, because a study ends without saying so here; twice, because between two runs there is a moment without one. */
  function waitForTheEnd(): void {
    let wasIdle = false
    const look = guarded(onBug, () => {
      if (!isInBackground) return clearInterval(timer)
      if (wasIdle && !isBusy()) {
        clearInterval(timer)
        mayClose = true
        app.quit()
      }
      wasIdle = !isBusy()
    })
    const timer: NodeJS.Timeout = setInterval(look, IDLE)
  }

  const open = () => {
    isInBackground = false
    if (window) {
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
      return
    }
    mayClose = false
    window = make()
  }

  const go = (path: string) => {
    open()
    window?.webContents.send('gpo:go', path)
  }

  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(go)))

  return {
    open,
    go,
    current: () => window,
    followRuns(manager, isStudying, wantsNotifications) {
      runs = manager
      isBusy = () => manager.state().active !== null || manager.state().queue.length > 0 || isStudying()
      const tell = guarded(onBug, teller({ window: () => window, go, wantsNotifications }))
      void follow(manager, tell)
    },
  }
}

interface Shown {
  readonly window: () => BrowserWindow | null
  readonly go: (path: string) => void
  readonly wantsNotifications: () => boolean
}

async function follow(manager: RunManager, tell: (event: LiveEvent) => void): Promise<void> {
  for await (const event of manager.listen(undefined)) tell(event)
}

function teller({ window, go, wantsNotifications }: Shown) {
  return (event: LiveEvent): void => {
    if (event.type === 'state') {
      const active = event.state.active
      window()?.setProgressBar(active ? Math.max(0.01, active.iteration / active.iterations) : -1)
    }
    if (event.type === 'ended' && !window()?.isFocused() && wantsNotifications()) {
      const { id, name, status, workedMs } = event.run
      if (workedMs < LONG_RUN || !Notification.isSupported()) return
      const notification = new Notification({ title: name, body: `The run is ${status}.` })
      notification.on('click', () => go(`/runs/${id}`))
      notification.show()
    }
  }
}
