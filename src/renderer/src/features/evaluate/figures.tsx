import { Text } from '@mantine/core'
import { formatPercent } from '@renderer/lib/format'
import type { EvaluationSummary } from '@shared/schemas/evaluation'
import { figuresOf } from './words'

/** Accuracy, pass@k and majority@k, each with what it counts. */
export const Figures = ({ evaluation }: { readonly evaluation: EvaluationSummary }) => (
  <dl className="evaluate-figures">
    {figuresOf(evaluation).map(({ label, value, detail }) => (
      <div key={label} className="panel evaluate-figure">
        <dt>{label}</dt>
        <dd>
          <Text fz={20} fw={650}>
            {formatPercent(value)}
          </Text>
        </dd>
        <dd>
          <Text size="xs" className="quiet">
            {detail}
          </Text>
        </dd>
      </div>
    ))}
  </dl>
)
