import { Alert, Group, Loader, Select, Text } from '@mantine/core'
import { VerdictMark } from '@renderer/components/status'
import { formatCount, formatDuration, formatNumber, formatSigned } from '@renderer/lib/format'
import { keyOf, modelOptions } from '@renderer/lib/reference-options'
import type { GeneratedText, PlaygroundModel } from '@shared/contract/playground'
import classes from './playground.module.css'
import { TokenText } from './token-text'
import type { GenerationState } from './use-generation'

interface ColumnProps {
  readonly side: 'Left' | 'Right'
  readonly models: readonly PlaygroundModel[]
  readonly model: PlaygroundModel | null
  readonly state: GenerationState
  readonly difference: number | null
  readonly onModel: (key: string) => void
}

const REASONS: Readonly<Record<GeneratedText['reason'], string>> = {
  end: 'ended by the model',
  length: 'cut at the limit of new tokens',
  stopped: 'stopped',
}

/** Mean log-probability of the tokens: how confident the model was in its text. */
function meanLogprob({ tokens }: GenerationState): number | null {
  if (tokens.length === 0) return null
  return tokens.reduce((sum, { probability }) => sum + Math.log(probability), 0) / tokens.length
}

function Verdict({ result }: { readonly result: GeneratedText | null }) {
  if (!result?.verdict) return null
  const { status, extracted } = result.verdict
  return (
    <Group gap="sm" wrap="nowrap">
      <VerdictMark status={status} />
      {extracted !== null && (
        <Text size="sm" className="clip" maw={160}>
          answer <span className="mono">{extracted}</span>
        </Text>
      )}
    </Group>
  )
}

function Footer({ state }: { readonly state: GenerationState }) {
  const { status, tokens, result } = state
  const mean = meanLogprob(state)
  const rate = result && result.seconds > 0 ? result.tokens / result.seconds : null
  const how = result ? REASONS[result.reason] : status === 'stopped' ? 'stopped' : status === 'running' ? 'writing' : ''
  return (
    <Group p="sm" gap="md" justify="space-between" mih={40} wrap="nowrap">
      <Text size="xs" className="quiet">
        {tokens.length > 0 && `${formatCount(tokens.length)} tokens`}
        {how !== '' && ` · ${how}`}
        {rate !== null && ` · ${formatNumber(rate)} tokens/s`}
        {result && ` · prompt of ${formatCount(result.promptTokens)} read in ${formatDuration(result.prefillSeconds)}`}
        {mean !== null && ` · mean log-probability ${formatSigned(mean)}`}
      </Text>
      <Verdict result={result} />
    </Group>
  )
}

/** One model and its answer. */
export function Column({ side, models, model, state, difference, onModel }: ColumnProps) {
  const { status, tokens, error } = state
  return (
    <section className={`panel ${classes.column}`} aria-label={`${side} model`}>
      <Select
        aria-label={`${side} model`}
        placeholder="Choose a model"
        searchable
        allowDeselect={false}
        m="sm"
        data={modelOptions(models)}
        value={model ? keyOf(model.reference) : null}
        onChange={(key) => key && onModel(key)}
      />
      {status === 'failed' ? (
        <div className={classes.text}>
          <Alert color="orange" role="alert" title="Nothing was generated">
            {error}
          </Alert>
        </div>
      ) : status === 'loading' ? (
        <Group className={classes.text} gap="sm" align="flex-start">
          <Loader size="xs" />
          <Text size="sm" className="quiet">
            Loading the model and reading the prompt…
          </Text>
        </Group>
      ) : status === 'idle' ? (
        <Text className={`${classes.text} quiet`} size="sm">
          The answer appears here, token by token.
        </Text>
      ) : (
        <TokenText tokens={tokens} difference={difference} label={`Answer of the ${side.toLowerCase()} model`} />
      )}
      <Footer state={state} />
    </section>
  )
}
