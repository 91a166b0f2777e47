import { ErrorState } from '@renderer/components/states'
import { Component, type ReactNode } from 'react'

interface Props {
  readonly children: ReactNode
}

/** A page that fails shows its error in place; the others keep working. */
export class ErrorBoundary extends Component<Props, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return <ErrorState error={error} onRetry={() => this.setState({ error: null })} />
  }
}
