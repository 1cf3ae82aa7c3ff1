package dev.mlops.onnx.detection;

/** What the four numbers of a box mean. */
public enum BoxFormat {
    /** Left, top, right, bottom. */
    XYXY {
        @Override
        Box box(float a, float b, float c, float d) {
            return new Box(a, b, c, d);
        }
    },
    /** Left, top, width, height, as in COCO. */
    XYWH {
        @Override
        Box box(float a, float b, float c, float d) {
            return new Box(a, b, a + c, b + d);
        }
    },
    /** Centre, width, height, as in YOLO. */
    CXCYWH {
        @Override
        Box box(float a, float b, float c, float d) {
            return Box.centred(a, b, c, d);
        }
    };

    abstract Box box(float a, float b, float c, float d);
}
