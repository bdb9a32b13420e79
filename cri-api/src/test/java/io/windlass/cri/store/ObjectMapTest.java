package io.windlass.cri.store;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ObjectMapTest {
    private final ObjectMap<String> objects = new ObjectMap<>("sandbox");
    private final ObjectId first = new ObjectId("a1".repeat(32));
    private final ObjectId second = new ObjectId("a2".repeat(32));

    ObjectMapTest() {
        objects.put(first, "first");
        objects.put(second, "second");
    }

    @Test
    void findsByIdAndByAnUnambiguousBeginning() {
        assertThat(objects.find(first.value())).contains("first");
        assertThat(objects.find("a1")).contains("first");
        assertThat(objects.find("a2a2")).contains("second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "b", "a3", "A1", "a1/", "../a1"})
    void findsNothingElse(String id) {
        assertThat(objects.find(id)).isEmpty();
    }

    @Test
    void refusesAnAmbiguousBeginning() {
        assertThatThrownBy(() -> objects.find("a")).hasMessageContaining("more than one sandbox id");
    }

    @Test
    void makesIdsThatAreValid() {
        assertThat(ObjectId.isValid(ObjectId.random().value())).isTrue();
        assertThat(ObjectId.random().shortened()).hasSize(13);
        assertThatThrownBy(() -> new ObjectId("a/../" + "b".repeat(59))).isInstanceOf(IllegalArgumentException.class);
    }
}
