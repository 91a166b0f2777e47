/** Files dropped on the window: in Electron as grants from the preload script, in a browser as the files themselves. */
import type { ChosenPath } from '@shared/contract/system'
import { useEffect, useRef, useState } from 'react'
import { isElectron } from './api'

export interface DropHandlers {
  /** Paths of files and folders; Electron only. */
  readonly onChosen: (chosen: readonly ChosenPath[]) => void
  /** Files from a browser: contents without a path. */
  readonly onFiles: (files: readonly File[]) => void
}

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** Makes a page accept dropped files while it is shown. @returns true while files are dragged over the window */
export function useDrop(handlers: DropHandlers): boolean {
  const [isOver, setOver] = useState(false)
  const latest = useRef(handlers)
  latest.current = handlers
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault() // otherwise the browser would open the file in place of this page
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent) => {
      setOver(false)
      if (!hasFiles(event)) return
      event.preventDefault()
      if (!isElectron) latest.current.onFiles([...(event.dataTransfer?.files ?? [])])
    }
    const granted = (event: MessageEvent) => {
      if (event.source === window && event.data?.type === 'gpo:dropped') latest.current.onChosen(event.data.chosen)
    }
    window.addEventListener('dragover', over)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
    window.addEventListener('message', granted)
    return () => {
      window.removeEventListener('dragover', over)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('drop', drop)
      window.removeEventListener('message', granted)
    }
  }, [])
  return isOver
}
