import { Group } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'

interface ToolbarProps {
  /** What its controls are for. */
  readonly label: string
  readonly children: ReactNode
}

const CONTROLS = 'button:not(:disabled), input:not(:disabled)'

/** Controls that are one stop of the Tab key; the left and right arrow keys go from one to the next (WAI-ARIA, toolbar pattern). */
export function Toolbar({ label, children }: ToolbarProps) {
  const bar = useRef<HTMLDivElement>(null)
  const current = useRef<Element | null>(null)
  const controls = () => [...(bar.current?.querySelectorAll<HTMLElement>(CONTROLS) ?? [])]
  const choose = (chosen: Element | undefined) => {
    current.current = chosen ?? null
    for (const control of controls()) control.tabIndex = control === chosen ? 0 : -1
  }
  // After every change, since controls come and go.
  useEffect(() => {
    const all = controls()
    choose(all.find((control) => control === current.current) ?? all[0])
  })
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key]
    const all = controls()
    const at = all.indexOf(document.activeElement as HTMLElement)
    if (step === undefined || at < 0) return
    event.preventDefault()
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus()
  }
  return (
    <Group
      ref={bar}
      display="contents"
      role="toolbar"
      aria-label={label}
      onKeyDown={move}
      onFocus={(event) => bar.current?.contains(event.target) && choose(event.target)}
    >
      {children}
    </Group>
  )
}
