import { Component, type ErrorInfo, type ReactNode } from 'react';
import { isModuleFailure } from './moduleFailure.ts';
import { Failed } from './states.tsx';

interface Props {
  children: ReactNode;
  /** A new key tries again: usually the route. */
  resetKey?: string;
}

/** One failing part never takes the page down; the rest stays usable. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override componentDidUpdate(previous: Props): void {
    if (previous.resetKey !== this.props.resetKey && this.state.error) this.setState({ error: null });
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    const { error } = this.state;
    // React keeps what a part of the application failed to load with: only a new page asks for it again.
    const retry = () => (isModuleFailure(error) ? location.reload() : this.setState({ error: null }));
    return <Failed error={error} retry={retry} />;
  }
}
