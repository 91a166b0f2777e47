/** The first sequences of a set, token by token: what is given, and what is trained. */

import { Stack, Text, Title, Tooltip } from '@mantine/core'
import { TokenLabel } from '@renderer/components/token-label'
import { formatCount, plural } from '@renderer/lib/format'
import type { BatchSequence, BatchToken, DatasetBatch } from '@shared/contract/datasets'
import type { RecordKind } from '@shared/method/offline'
import { rowNumber } from '@shared/row-number'
import classes from './batch-view.module.css'

interface BatchViewProps {
  readonly batch: DatasetBatch
  readonly hasCompletions: boolean
  readonly kind: RecordKind | null
}

function sentence(hasCompletions: boolean, kind: RecordKind | null): string {
  const order = 'The first rows in the order of the file; training shuffles them.'
  if (!hasCompletions)
    return `${order} The model writes the completions: all their tokens are trained, the prompt’s are not.`
  const rollouts = kind === 'verifiable' ? ' Other objectives sample their own completions and train on them.' : ''
  return `${order} Supervised fine-tuning trains on the completion and its end token; the prompt is only read.${rollouts}`
}

export function BatchView({ batch, hasCompletions, kind }: BatchViewProps) {
  return (
    <section>
      <Title order={3}>First sequences</Title>
      <Text size="sm" className="quiet" maw={900}>
        {sentence(hasCompletions, kind)}
      </Text>
      <Text size="sm" my="xs">
        <span className={classes.prompt}>read</span>{' '}
        {hasCompletions && <span className={classes.completion}>trained</span>}
      </Text>
      <Stack gap="sm">
        {batch.sequences.map((sequence) => (
          <Sequence key={`${sequence.row}-${sequence.label ?? ''}`} sequence={sequence} />
        ))}
      </Stack>
    </section>
  )
}

/** Only completions that are imitated are trained. */
const isTrained = (label: string | null) => label !== 'rejected' && label !== 'undesirable'

function Sequence({ sequence }: { readonly sequence: BatchSequence }) {
  const { row, label, prompt, promptLength, completion, completionLength, reference } = sequence
  const trained = isTrained(label)
  const facts = [
    `row ${formatCount(rowNumber(row))}`,
    ...(label === null ? [] : [label]),
    `${plural(promptLength, 'token')} of prompt`,
    ...(completionLength > 0 ? [`${plural(completionLength, 'token')} of completion`] : []),
  ]
  return (
    <article className="panel" style={{ padding: '8px 12px' }}>
      <Text size="xs" className="quiet">
        {facts.join(' · ')}
        {completionLength > 0 && !trained && ' · not imitated'}
      </Text>
      <div className="model-text">
        <Tokens tokens={prompt} length={promptLength} look={classes.prompt} />
        <Tokens tokens={completion} length={completionLength} look={trained ? classes.completion : classes.prompt} />
      </div>
      {completionLength === 0 && (
        <Text size="xs" className="quiet" style={{ overflowWrap: 'anywhere' }}>
          reference answer: {reference}
        </Text>
      )}
    </article>
  )
}

interface TokensProps {
  readonly tokens: readonly BatchToken[]
  readonly length: number
  readonly look: string | undefined
}

function Tokens({ tokens, length, look }: TokensProps) {
  return (
    <>
      {tokens.map((token, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the sequence
        <span key={i} className={`${look} ${classes.token}`} title={`token ${token.id}`}>
          <TokenLabel label={token} shown={(text) => text.replaceAll('\n', '↵\n')} />
        </span>
      ))}
      {tokens.length < length && (
        <Tooltip label="Only the first tokens are shown">
          <span className="quiet"> … {formatCount(length - tokens.length)} more</span>
        </Tooltip>
      )}
    </>
  )
}
