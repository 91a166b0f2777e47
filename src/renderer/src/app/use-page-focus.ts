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

/** Someone who is on the page already, or in a dialog, is not called away. */
const isFree = () => !document.activeElement?.closest('main, [role="dialog"], [data-portal] input')

export function usePageFocus(location: string): void {
  const page = pageOf(location)
  const last = useRef(page)
  useEffect(() => {
    if (last.current === page) return
    last.current = page
    const settle = () => {
      if (!headingOf()) return
      if (isFree()) focusHeading()
      observer.disconnect()
    }
    const observer = new MutationObserver(settle)
    observer.observe(document.body, { childList: true, subtree: true })
    requestAnimationFrame(settle)
    // The palette gives the focus back to where it was, after it has closed.
    const again = setTimeout(() => isFree() && settle(), SOON)
    const end = setTimeout(() => observer.disconnect(), PATIENCE)
    return () => {
      observer.disconnect()
      clearTimeout(again)
      clearTimeout(end)
    }
  }, [page])
}
