/** Model text with its mathematics typeset. The text is data: everything but KaTeX's own output is a text node. */
import katex from 'katex'
import 'katex/dist/katex.min.css'
import { Fragment, useEffect, useRef } from 'react'

interface Part {
  readonly text: string
  readonly isMath: boolean
  readonly isDisplay: boolean
}

/** $…$, $$…$$, \(…\), \[…\] and \boxed{…} (one level of braces inside). */
const MATH =
  /\$\$([^$]{1,2000})\$\$|\$([^$\n]{1,500})\$|\\\(([\s\S]{1,1000}?)\\\)|\\\[([\s\S]{1,2000}?)\\\]|(\\boxed\{(?:[^{}]|\{[^{}]*\}){1,500}\})/g

/** Splits a text into plain parts and formulas; joined they give the text without the marks around formulas. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of text.matchAll(MATH)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), isMath: false, isDisplay: false })
    const [whole, double, single, round, square, boxed] = match
    const isDisplay = double !== undefined || square !== undefined
    parts.push({ text: double ?? single ?? round ?? square ?? boxed ?? whole, isMath: true, isDisplay })
    end = match.index + whole.length
  }
  if (end < text.length) parts.push({ text: text.slice(end), isMath: false, isDisplay: false })
  return parts
}

function Formula({ text, isDisplay }: { readonly text: string; readonly isDisplay: boolean }) {
  const ref = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (ref.current)
      katex.render(text, ref.current, {
        displayMode: isDisplay,
        throwOnError: false,
        trust: false,
        maxExpand: 100,
        maxSize: 20,
      })
  }, [text, isDisplay])
  return <span ref={ref} />
}

interface MathTextProps {
  readonly text: string
  /** Shows the characters unchanged. */
  readonly isRaw: boolean
}

export function MathText({ text, isRaw }: MathTextProps) {
  if (isRaw || !/[$\\]/.test(text)) return text
  return partsOf(text).map((part, i) => {
    const key = `${i}-${part.text.length}`
    return part.isMath ? (
      <Formula key={key} text={part.text} isDisplay={part.isDisplay} />
    ) : (
      <Fragment key={key}>{part.text}</Fragment>
    )
  })
}
