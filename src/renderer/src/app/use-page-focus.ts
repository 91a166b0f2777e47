/** After a navigation the focus goes to the new page's heading, so that a screen reader says where one is and Tab goes on from there. */
import { useEffect, useRef } from 'react'

/** Pages load in pieces: a heading that is not there after this many milliseconds is not waited for. */
const PATIENCE = 10_000
const SOON = 400

const headingOf = () => document.querySelector<HTMLElement>('main h1')

/** Of an address: the page, without what it shows of it. */
const pageOf = (location: string) => location.split('/').slice(0, 3).join('/')

export function focusHeading(): void {
  const heading = headingOf()
  if (!heading) return
  if (!heading.hasAttribute('tabindex') && heading.tabIndex < 0) heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}

const isWithin = (selector: string) => document.activeElement?.closest(selector) != null

const isInDialog = () => isWithin('[role="dialog"], [data-portal] input')

/** Someone who is on the page already, or in a dialog, is not called away. */
const isFree = () => !isWithin('main') && !isInDialog()

export function usePageFocus(location: string): void {
  const page = pageOf(location)
  const last = useRef(page)
  useEffect(() => {
    if (last.current === page) return
    last.current = page
    let again: ReturnType<typeof setTimeout> | undefined
    const settle = () => {
      if (!headingOf() || isInDialog()) return // a dialog that led here, as the palette, is about to go
      observer.disconnect()
      const focus = () => isFree() && focusHeading()
      focus()
      // The palette gives the focus back to where it was, after it has closed.
      clearTimeout(again)
      again = setTimeout(focus, SOON)
    }
    const observer = new MutationObserver(settle)
    observer.observe(document.body, { childList: true, subtree: true })
    const frame = requestAnimationFrame(settle)
    const end = setTimeout(() => observer.disconnect(), PATIENCE)
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
      clearTimeout(again)
      clearTimeout(end)
    }
  }, [page])
}
