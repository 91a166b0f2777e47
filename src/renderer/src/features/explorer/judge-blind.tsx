import { Button, Group, Kbd, Modal, Text } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { formatCount, formatPercent } from '@renderer/lib/format'
import { firstDifference } from '@renderer/lib/text-difference'
import type { BlindAgreement, BlindChoice, BlindPair, BlindReveal } from '@shared/contract/explorer'
import { wilsonInterval } from '@shared/interval'
import { useCallback, useEffect, useState } from 'react'
import classes from './explorer.module.css'
import { useBlindAgreement } from './queries'

interface JudgeBlindProps {
  readonly run: string
  readonly onClose: () => void
}

/** A person judges pairs of answers without knowing what the run measured; their agreement with it is counted. */
export function JudgeBlind({ run, onClose }: JudgeBlindProps) {
  const [pair, setPair] = useState<BlindPair | null | undefined>(undefined) // undefined: being read
  const [last, setLast] = useState<BlindReveal | null>(null)
  const [error, setError] = useState<unknown>(null)
  const { data: agreement } = useBlindAgreement(run)
  const { judgedBlind } = useCache()

  const next = useCallback(async () => {
    setPair(undefined)
    setError(null)
    try {
      setPair(await api.explorer.blindPair({ run }))
    } catch (failure) {
      setError(failure)
    }
  }, [run])
  useEffect(() => void next(), [next])

  const judge = async (chosen: BlindChoice) => {
    if (!pair) return
    const { trajectory: id, left, right } = pair
    setPair(undefined)
    try {
      setLast(await api.explorer.judgeBlind({ id, left, right, chosen }))
      void judgedBlind(run)
      await next()
    } catch (failure) {
      setError(failure)
    }
  }
  useHotkeys([
    ['1', () => void judge('left')],
    ['2', () => void judge('right')],
    ['0', () => void judge('neither')],
  ])
  return (
    <Modal
      opened
      onClose={onClose}
      title="Which answer is better?"
      size={1040}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Text size="sm" className="quiet" mb="sm">
        Two continuations of one trajectory, from states that the run valued differently. Verdicts and values are hidden
        until you have chosen; your choices are kept and compared with the Monte Carlo values.
      </Text>
      {error !== null && <ErrorState error={error} onRetry={() => void next()} />}
      {error === null && pair === undefined && <LoadingRows rows={5} />}
      {pair === null && (
        <Text>
          This run has no two continuations from states of different values: judge a run whose critical steps were
          searched.
        </Text>
      )}
      {pair && <Answers pair={pair} />}
      <Group mt="sm" gap="sm">
        <Button onClick={() => void judge('left')} disabled={!pair} rightSection={<Kbd size="xs">1</Kbd>}>
          Left is better
        </Button>
        <Button onClick={() => void judge('right')} disabled={!pair} rightSection={<Kbd size="xs">2</Kbd>}>
          Right is better
        </Button>
        <Button
          variant="default"
          onClick={() => void judge('neither')}
          disabled={!pair}
          rightSection={<Kbd size="xs">0</Kbd>}
        >
          No difference
        </Button>
        <Button variant="subtle" onClick={() => void next()} disabled={!pair}>
          Another pair
        </Button>
      </Group>
      <Text size="sm" mt="sm" role="status">
        {last &&
          `The last pair: left ${revealed(last.leftValue, last.leftStatus)}, right ${revealed(last.rightValue, last.rightStatus)}. `}
        {agreement && agreementWords(agreement)}
      </Text>
    </Modal>
  )
}

const revealed = (value: number, status: string) => `V ${value.toFixed(2)}, ${status}`

function Answers({ pair: { prompt, leftText, rightText } }: { readonly pair: BlindPair }) {
  const at = firstDifference(leftText, rightText)
  return (
    <>
      <div className={`model-text panel ${classes['question']}`}>{prompt.trim()}</div>
      <div className={classes['sides']}>
        {[
          { name: 'Left answer', text: leftText },
          { name: 'Right answer', text: rightText },
        ].map(({ name, text }) => (
          <section key={name} className="panel" style={{ padding: '8px 12px', minWidth: 0 }} aria-label={name}>
            <div className="model-text">
              <span className="quiet">{text.slice(0, at)}</span>
              {text.slice(at)}
            </div>
          </section>
        ))}
      </div>
    </>
  )
}

function share({ of, agreed }: BlindAgreement['value'], what: string): string {
  if (of === 0) return `no choice yet between ${what} that differ`
  const [low, high] = wilsonInterval(agreed, of)
  return `${formatCount(agreed)} of ${formatCount(of)} choices (${formatPercent(agreed / of, 0)}, 90 % interval ${Math.round(100 * low)} to ${Math.round(100 * high)} %) agree with the ${what}`
}

function agreementWords({ judged, value, verdict }: BlindAgreement): string {
  if (judged === 0) return 'Nothing was judged yet.'
  return `${formatCount(judged)} judged: ${share(value, 'values')}; ${share(verdict, 'verdicts')}.`
}
