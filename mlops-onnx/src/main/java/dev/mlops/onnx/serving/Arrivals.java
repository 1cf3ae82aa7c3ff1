package dev.mlops.onnx.serving;

import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What was read from a socket at once, and is taken message by message while a request is read. Confined to the event loop
 * of its connection.
 */
final class Arrivals {
    private final Queue<Object> messages = new ArrayDeque<>();
    private boolean isTaking;

    void add(Object message) {
        messages.add(message);
    }

    /**
     * Hands over what has arrived as long as it is wanted.
     *
     * @return true if all of it is taken and more is wanted; false also if this was called by the taker, to whose caller
     *     it is left
     */
    boolean take(BooleanSupplier isWanted, Consumer<Object> taker) {
        if (isTaking) {
            return false;
        }
        isTaking = true;
        try {
            while (isWanted.getAsBoolean() && !messages.isEmpty()) {
                Object message = messages.remove();
                try {
                    taker.accept(message);
                } finally {
                    ReferenceCountUtil.release(message);
                }
            }
        } finally {
            isTaking = false;
        }
        return isWanted.getAsBoolean();
    }

    void release() {
        messages.forEach(ReferenceCountUtil::release);
        messages.clear();
    }
}
