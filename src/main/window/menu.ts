/** The menu: every page with a shortcut, and the usual system entries. */
import type { MenuItemConstructorOptions } from 'electron'

const PAGES = [
  ['Runs', '/'],
  ['New run', '/new'],
  ['Experiments', '/experiments'],
  ['Explorer', '/explorer'],
  ['Models', '/models'],
  ['Datasets', '/datasets'],
  ['Playground', '/playground'],
  ['Export', '/export'],
  ['Settings', '/settings'],
] as const

export function menuTemplate(go: (path: string) => void): MenuItemConstructorOptions[] {
  const isMac = process.platform === 'darwin'
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New run', accelerator: 'CmdOrCtrl+N', click: () => go('/new') },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Go',
      submenu: PAGES.map(([label, path], i) => ({
        label,
        accelerator: `CmdOrCtrl+${i + 1}`,
        click: () => go(path),
      })),
    },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
  ]
}
