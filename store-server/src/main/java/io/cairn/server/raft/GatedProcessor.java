package io.cairn.server.raft;

import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequestHeader;
import com.google.protobuf.Message;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One of JRaft's request processors behind the {@link RequestGate}.
 *
 * @param <T> the request
 */
final class GatedProcessor<T extends Message> implements RpcProcessor<T> {
  private final RpcProcessor<T> processor;
  private final Function<T, String> sender;
  private final RequestGate gate;

  GatedProcessor(RpcProcessor<T> processor, Function<T, String> sender, RequestGate gate) {
    this.processor = processor;
    this.sender = sender;
    this.gate = gate;
  }

  @Override
  public void handleRequest(RpcContext context, T request) {
    if (gate.drops(sender.apply(request), request)) {
      return;
    }
    Optional<Message> answer = gate.instead(request);
    if (answer.isPresent()) {
      context.sendResponse(answer.get());
      return;
    }
    processor.handleRequest(context, request);
  }

  @Override
  public String interest() {
    return processor.interest();
  }

  @Override
  public Executor executor() {
    return processor.executor();
  }

  @Override
  public @Nullable ExecutorSelector executorSelector() {
    ExecutorSelector selector = processor.executorSelector();
    return selector == null
        ? null
        : (requestClass, header) -> select(selector, requestClass, header);
  }

  // JRaft's selector starts a thread for each new sender, and expects the header to be there.
  private Executor select(ExecutorSelector selector, String requestClass, @Nullable Object header) {
    boolean known =
        header instanceof AppendEntriesRequestHeader append && gate.knows(append.getServerId());
    return known ? selector.select(requestClass, header) : executor();
  }
}
